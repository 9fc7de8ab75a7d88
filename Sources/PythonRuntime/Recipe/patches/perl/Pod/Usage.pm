# Pod::Usage needs Perl's compiled library. OpenSSL's configdata.pm loads it for --help, which nobody asks for here.
package Pod::Usage;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT = qw(pod2usage);
sub pod2usage { die "no help in this build\n" }
1;
