/// Tokens and grants that were revoked one by one, until they would have expired.
struct Revocations: Sendable {
    private var entries: [RevocationEntry.Subject: RevocationEntry] = [:]

    mutating func apply(_ entry: RevocationEntry) {
        guard entries[entry.subject].map({ entry.revision > $0.revision }) ?? true else { return }
        entries[entry.subject] = entry
    }

    mutating func forget(expiredBefore time: Timestamp) {
        entries = entries.filter { $0.value.expires >= time }
    }

    func contains(_ subject: RevocationEntry.Subject) -> Bool {
        !entries.isEmpty && entries[subject].map { !$0.isDeleted } ?? false
    }
}
