# shellcheck shell=bash source-path=deploy/local/lib
# What `deploy/local/up`, `deploy/local/down` and `Tests/run` share, one noun a file.

lib=$(dirname "${BASH_SOURCE[0]}")
source "$lib/place.sh"
source "$lib/say.sh"
source "$lib/packages.sh"
source "$lib/python.sh"
source "$lib/build.sh"
source "$lib/port.sh"
source "$lib/process.sh"
source "$lib/secrets.sh"
source "$lib/postgres.sh"
source "$lib/broker.sh"
source "$lib/options.sh"
source "$lib/database.sh"
source "$lib/services.sh"
source "$lib/edge.sh"
source "$lib/first.sh"
