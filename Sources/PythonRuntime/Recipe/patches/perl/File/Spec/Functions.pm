# The functions of File::Spec by their names alone. Debian's minimal Perl has File::Spec, but not this part of it.
package File::Spec::Functions;
use strict;
use warnings;
use File::Spec;
use Exporter 'import';

our @EXPORT = qw(canonpath curdir rootdir updir no_upwards file_name_is_absolute path);
our @EXPORT_OK = qw(devnull tmpdir splitpath splitdir abs2rel rel2abs case_tolerant catdir catfile catpath);
push @EXPORT, qw(catdir catfile);
our %EXPORT_TAGS = (ALL => [ @EXPORT_OK, @EXPORT ]);

for my $name (@EXPORT, @EXPORT_OK) {
    no strict 'refs';
    no warnings 'redefine';
    *{$name} = sub { File::Spec->can($name)->('File::Spec', @_) };
}
1;
