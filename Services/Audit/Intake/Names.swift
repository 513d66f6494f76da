import GatehouseModel

/// What persons are called, as far as events have told: the newest name of each wins, whatever comes late.
struct Names {
    struct Name: Sendable {
        let text: String
        /// When the person was called so.
        let at: Timestamp
    }

    private static let most = 100_000

    private var known: [UserID: Name] = [:]

    /// What these events tell that is not known yet, in the order of the users.
    func news(in entries: [LogEntry]) -> [(user: UserID, name: Name)] {
        var news: [UserID: Name] = [:]
        for entry in entries {
            for naming in entry.namings {
                let old = news[naming.user] ?? known[naming.user]
                if let old, old.text == naming.name || old.at > entry.time { continue }
                news[naming.user] = Name(text: naming.name, at: entry.time)
            }
        }
        return news.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// These need not be written again.
    mutating func remember(_ news: [(user: UserID, name: Name)]) {
        if known.count > Self.most { known = [:] }
        for (user, name) in news { known[user] = name }
    }
}
