import GatehouseModel
import GatehousePlatform

/// The rules of inviting somebody to set their password themselves.
final class Invitations {
    private let accounts: AccountStore
    private let store: InvitationStore

    init(_ accounts: AccountStore, _ store: InvitationStore) {
        self.accounts = accounts
        self.store = store
    }

    /// A link for one use, in place of an earlier one.
    func invite(_ id: UserID, by author: Author) async throws -> Invitation {
        let invitation = Invitation(at: author.time)
        try await accounts.judged(id, by: author) { account in
            try await store.make(InvitationStore.values(invitation, for: account, by: author))
        }
        return invitation
    }
}
