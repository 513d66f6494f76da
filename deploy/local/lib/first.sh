# shellcheck shell=bash
# The first administrator, the first client and the sample API's own client: made once, kept in $run/secrets.

administrator=administrator@example.com

make_administrator() {
    local file=$run/secrets/administrator-id
    [[ -s $file ]] && return
    (umask 077 && command_of policy bootstrap --email "$administrator" >"$file.new" 2>>"$run/log/bootstrap.log") ||
        fail "policy bootstrap failed: see $run/log/bootstrap.log"
    mv "$file.new" "$file"
}

make_admin_client() {
    local file=$run/secrets/admin-client.json
    [[ -s $file ]] && return
    (umask 077 && command_of registry bootstrap --run-as "$(<"$run/secrets/administrator-id")" --name Administration \
        >"$file.new" 2>>"$run/log/bootstrap.log") ||
        fail "registry bootstrap failed: see $run/log/bootstrap.log" \
            "It refuses where applications exist already, as in a database that an earlier run has left: drop it, or name another."
    mv "$file.new" "$file"
}

start_sample_api() {
    local client=$run/secrets/sample-api.json
    [[ -s $client ]] || python3 "$top/deploy/local/tour/sample_api.py" "$(origin)" "$run/secrets" || fail "The sample API has no client."
    (umask 077 && sample_api_settings "$client" >"$run/env/sample-api.env")
    start_program sample-api SampleAPI
    comes_up sample-api 10 sample_api_answers || fail "The sample API did not start: see $run/log/sample-api.log"
}

sample_api_settings() {
    echo "GATEHOUSE_LISTEN=127.0.0.1:$(sample_api_port)"
    echo "GATEHOUSE_ORIGIN=$(origin)"
    python3 -c 'import json, sys
client = json.load(open(sys.argv[1]))
print("GATEHOUSE_CLIENT_ID=" + client["client_id"])
print("GATEHOUSE_CLIENT_SECRET=" + client["client_secret"])' "$1"
}

sample_api_answers() { ! port_is_free "$(sample_api_port)"; }
