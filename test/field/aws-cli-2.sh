#!/usr/bin/env bash
# Prints the path of an aws CLI version 2: one that is here already, else Debian's, unpacked into the folder that is
# named. Nothing is installed and nobody needs to be root: it comes with the Python and the C library that it was built
# for. Fails where there is neither.
set -euo pipefail
suite=trixie

for it in ${NPS_KMS_TEST_AWS:+"$NPS_KMS_TEST_AWS"} $(type -ap aws || true); do
	if "$it" --version 2>&1 | grep -Eq '^aws-cli/2\.(1[3-9]|[2-9][0-9])'; then
		echo "$it"
		exit
	fi
done

folder=$(mkdir -p "$1" && cd "$1" && pwd)
mirrors() {
	# shellcheck disable=SC2016 # apt fills it in
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' | grep -v security || true
}
# A new machine has no lists yet.
[ -n "$(mirrors)" ] || apt-get update >&2
mirror=$(mirrors | awk 'NR == 1')
[ -n "$mirror" ] || { echo 'apt knows no mirror of Debian' >&2 && exit 1; }
mkdir -p "$folder"/{lists,cache/archives,packages,root}/partial
touch "$folder/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$folder/sources"
cat >"$folder/conf" <<END
Dir::State "$folder";
Dir::State::status "$folder/status";
Dir::Cache "$folder/cache";
Dir::Etc::SourceList "$folder/sources";
Dir::Etc::SourceParts "/dev/null";
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
END
export APT_CONFIG=$folder/conf
apt-get update >&2
# What only an installation needs, and no Python loads, stays away.
names=$(apt-get install --print-uris --yes awscli | sed -n "s/^'.*' \([^_]*\)_.*/\1/p" |
	grep -Evx 'dpkg|tar|sed|debconf|tzdata|groff-base|libuchardet0|(xml|sgml|docutils)-(core|base)|lsb-release')
cd "$folder/packages"
# shellcheck disable=SC2086 # names of packages, one word each
apt-get download $names >&2
for it in *.deb; do dpkg -x "$it" "$folder/root"; done

libraries=$(dirname "$folder"/root/usr/lib/*-linux-gnu*/libc.so.6)
python=$(echo "$folder"/root/usr/bin/python3.*[0-9])
cat >"$folder/aws" <<END
#!/bin/sh
PYTHONDONTWRITEBYTECODE=1 PYTHONHOME="$folder/root/usr" exec "$libraries"/ld-linux-*.so.* --library-path "$libraries" "$python" -s "$folder/root/usr/bin/aws" "\$@"
END
chmod +x "$folder/aws"
PYTHONHOME=$folder/root/usr "$libraries"/ld-linux-*.so.* --library-path "$libraries" "$python" -m compileall -q \
	"$folder"/root/usr/lib/python3/dist-packages/{awscli,dateutil,urllib3,prompt_toolkit,ruamel,docutils} >&2
"$folder/aws" --version >&2
echo "$folder/aws"
