import GatehouseJSON
import GatehouseModel
import GatehousePlatform

/// The rules of setting somebody's password.
final class Passwords {
    private let accounts: AccountStore
    private let store: PasswordStore
    private let hashing: PasswordHashing

    init(_ accounts: AccountStore, _ store: PasswordStore, _ hashing: PasswordHashing) {
        self.accounts = accounts
        self.store = store
        self.hashing = hashing
    }

    /// Ends the user's sessions, and a link that was to be used.
    func set(_ body: JSON, of id: UserID, by author: Author) async throws {
        var fields = try Fields(body)
        let text = fields.required("password", as: String.self)
        if let text, let complaint = Password.complaint(about: text) { fields.refuse("password", complaint) }
        guard let text, fields.areValid, let password = Password(text) else { throw fields.problem }
        // Who may not, makes nobody work.
        try await accounts.find(id).demand(of: author)
        let hash = try await hashing.hash(password)
        try await accounts.judged(id, by: author) { account in
            try await store.set(PasswordStore.values(hash, of: account, by: author))
        }
    }
}

extension AccountStore {
    /// What was judged is who is changed: again, where others change the user meanwhile (`change` tells by false).
    func judged(_ id: UserID, by author: Author, _ change: (Account) async throws -> Bool) async throws {
        for _ in Turns() {
            let account = try await find(id)
            try account.demand(of: author)
            if try await change(account) { return }
        }
        throw Problem(.conflict, "Others are changing this user; nothing was done. Try again.")
    }
}

extension OutgoingFact {
    static func passwordChanged(of user: Fact.User, by author: Author) -> OutgoingFact {
        about(user, .userPasswordChanged, [FieldChange(redacting: "password")], by: author)
    }

    static func invited(_ user: Fact.User, by author: Author) -> OutgoingFact {
        about(user, .userInvited, [], by: author)
    }

    private static func about(
        _ user: Fact.User, _ type: EventType, _ changes: [FieldChange], by author: Author
    ) -> OutgoingFact {
        let fact = Fact(
            by: author.user, through: author.application, .update, .user,
            [Fact.Object(user.id.text, name: user.name)], ip: author.ip, changes: changes)
        return OutgoingFact(
            type, key: fact.key, subject: user.id.text, data: fact.json, at: author.time, in: author.trace)
    }
}
