#!/bin/sh
# Makes the secrets of docker-compose.yml: random, and never over a file that is there.
#
#   deploy/make-secrets.sh [broker|ledger|intake|flower]...     (none named: all four)
#
# SECRETS_DIR is where they go; by default deploy/secrets beside this script.
set -eu
umask 077

directory=${SECRETS_DIR:-$(dirname "$0")/secrets}
[ $# -gt 0 ] || set -- broker ledger intake flower

files_of() {
    case $1 in
    broker) echo valkey.conf saring_broker_url ;;
    ledger) echo postgres_password saring_ledger_url ;;
    intake) echo saring_intake_token ;;
    flower) echo saring_flower_password ;;
    *)
        echo "make-secrets: $1 is none of broker, ledger, intake, flower" >&2
        exit 2
        ;;
    esac
}

random() { # hexadecimal, so that it can stand in a URL as it is
    od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n'
}

keep() { # keep NAME, and standard input is what it holds
    # Readable by the containers' users, whose numbers are not ours: compose mounts the file as it
    # is. Nobody else on this host gets at it, because the folder is closed to them.
    cat >"$directory/$1"
    chmod 0444 "$directory/$1"
}

make() {
    secret=$(random)
    case $1 in
    broker)
        echo "requirepass $secret" | keep valkey.conf
        echo "redis://:$secret@valkey:6379/0" | keep saring_broker_url
        ;;
    ledger)
        echo "$secret" | keep postgres_password
        echo "postgresql+psycopg://saring:$secret@postgres:5432/saring" | keep saring_ledger_url
        ;;
    intake) echo "$secret" | keep saring_intake_token ;;
    flower) echo "$secret" | keep saring_flower_password ;;
    esac
}

mkdir -p "$directory"
chmod 0700 "$directory"

# All is looked at before anything is written: half a set of secrets fits nothing.
for part in "$@"; do
    files=$(files_of "$part")
    for file in $files; do
        if [ -e "$directory/$file" ]; then
            echo "make-secrets: $directory/$file exists; to replace it, remove it first" >&2
            echo "make-secrets: nothing was written (docs/operations.md, Rotating a secret)" >&2
            exit 1
        fi
    done
done
for part in "$@"; do
    make "$part"
    echo "made: $(files_of "$part")"
done
