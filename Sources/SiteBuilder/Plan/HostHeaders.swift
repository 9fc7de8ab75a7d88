/// The file `_headers` that several static hosts read: what to send with which path.
struct HostHeaders {
    let base: BasePath

    var text: String {
        """
        # Read by Netlify, Cloudflare Pages and others; hosts that do not know it ignore it.
        \(base)*
          Content-Security-Policy: \(ContentPolicy.text)
          X-Content-Type-Options: nosniff
          Referrer-Policy: strict-origin-when-cross-origin
          Cache-Control: no-cache
        \(base)assets/*
          ! Cache-Control
          Cache-Control: public, max-age=31536000, immutable
        \(base)assets/*.br
          Content-Type: application/octet-stream
        \(base)assets/*.gz
          Content-Type: application/octet-stream

        """
    }
}
