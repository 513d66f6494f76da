# shellcheck shell=bash
# The first administrator and the first client: made once, kept in $run/secrets.

administrator=administrator@example.com

make_administrator() {
    local file=$run/secrets/administrator-id
    [[ -s $file ]] && return
    (umask 077 && command_of policy bootstrap --email "$administrator" >"$file.new" 2>>"$run/log/bootstrap.log") ||
        fail "policy bootstrap failed: see $run/log/bootstrap.log"
    mv "$file.new" "$file"
}

# By the same link as in production; here the run itself follows it, and keeps the password.
set_administrator_password() {
    local file=$run/secrets/administrator-password link
    [[ -s $file ]] && return
    link=$(command_of token invite --user "$(<"$run/secrets/administrator-id")" 2>>"$run/log/bootstrap.log") ||
        fail "token invite failed: see $run/log/bootstrap.log"
    (umask 077 && python3 deploy/local/tour/first_password.py "$link" >"$file.new" 2>>"$run/log/bootstrap.log") ||
        fail "The administrator's password cannot be set: see $run/log/bootstrap.log"
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

# The demonstration's own parts, as a product would add them when they are made.
make_components() {
    make_component connection "CRM import"
    make_component notebook "Lead scoring"
}

make_component() {
    local kind=$1 name=$2 file=$run/secrets/$1.json
    [[ -s $file ]] && return
    command_of registry component add --kind "$kind" --name "$name" --credentials "$file" >>"$run/log/bootstrap.log" 2>&1 ||
        fail "registry component add failed: see $run/log/bootstrap.log"
}

# The sample API's own client, by which it keeps the resource directory.
make_sample_client() {
    local file=$run/secrets/sample-client.json
    [[ -s $file ]] && return
    (umask 077 && python3 deploy/local/tour/sample_client.py "$run" "$(origin)" >"$file.new" 2>>"$run/log/bootstrap.log") ||
        fail "The sample API's client cannot be made: see $run/log/bootstrap.log"
    mv "$file.new" "$file"
}
