// Placeholder until the first file of SiteBuilder lands.
