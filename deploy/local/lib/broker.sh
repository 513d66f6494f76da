# shellcheck shell=bash
# The local Kafka broker: noida-db, for local runs only (production runs Apache Kafka).

# start_broker PORT
start_broker() {
    ! runs_as kafka "$1" || return 0
    stop_process kafka
    port_is_free "$1" || fail "Port $1 (Kafka) is taken." "Choose others with --port."
    launch kafka "$1" "$(broker_program)" start --only kafka --kafka-port "$1" --data-dir "$run/kafka"
    comes_up kafka 10 broker_answers "$1" || fail "The local Kafka broker did not start: see $run/log/kafka.log"
}

broker_program() { printf '%s\n' "$venv"/lib/python3*/site-packages/noida_db/noida-db; }

broker_answers() { ! port_is_free "$1"; }
