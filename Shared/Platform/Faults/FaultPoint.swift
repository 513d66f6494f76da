/// Where a process can be told to die, to halt or to dawdle: each stands between two steps of which the second may never come.
public enum FaultPoint: String, CaseIterable, Sendable {
    case changeBeforeCommit = "change.before-commit"
    case changeAfterCommit = "change.after-commit"
    case changeBeforeAnswer = "change.before-answer"

    /// The records are with librdkafka, and not acknowledged.
    case relayAfterProduce = "relay.after-produce"
    /// They are acknowledged, and still in the outbox.
    case relayBeforeDelete = "relay.before-delete"
    case relayAfterDelete = "relay.after-delete"

    case recordBeforeProduce = "record.before-produce"
    /// The fact is durable, and its caller knows nothing yet.
    case recordBeforeAnswer = "record.before-answer"

    case intakeBeforeTransaction = "intake.before-transaction"
    case intakeBeforeCommit = "intake.before-commit"
    case intakeAfterCommit = "intake.after-commit"

    case replicaBeforeActivate = "replica.before-activate"
    case pullBeforeApply = "pull.before-apply"
    case decisionBeforeLastLook = "decision.before-last-look"

    /// The client has been read, and the token not signed.
    case tokenBeforeSigning = "token.before-signing"
    case keysBeforeInsert = "keys.before-insert"
}
