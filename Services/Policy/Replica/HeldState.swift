package import GatehouseCrypto
package import GatehouseModel
import GatehousePlatform

/// What a replica decides on. Plain data of one core, changed in place between two requests.
package final class HeldState {
    package private(set) var access = AccessState()
    /// By their `kid`; none of them has another algorithm than ES256.
    package private(set) var keys: [String: JWS.Verifier] = [:]
    /// The heads that it has reached; nil until everything has been listed.
    package private(set) var applied: Heads?
    /// What was made from the state of one edition holds until the next; editions are never reused.
    package private(set) var edition = 0
    /// The same for what was verified with these keys.
    package private(set) var keyEdition = 0
    /// As in `X-Gatehouse-Revision`.
    package private(set) var revisions = Revisions().description

    package init() {}

    /// Forgets everything.
    func clear() {
        access = AccessState()
        keys = [:]
        applied = nil
        edition += 1
        keyEdition += 1
    }

    func apply(_ page: StatePage) {
        edition += 1
        switch page {
        case .applications(let entries): for entry in entries { access.apply(entry) }
        case .users(let entries): for entry in entries { access.apply(entry) }
        case .roles(let entries): for entry in entries { access.apply(entry) }
        case .catalogue(let catalogues):
            for catalogue in catalogues { access.apply(catalogue.value, revision: catalogue.revision) }
        case .networks(let lists): for list in lists { access.apply(networks: list.value, revision: list.revision) }
        case .keys(let entries): for entry in entries { apply(entry) }
        case .revocations(let entries): for entry in entries { access.apply(entry) }
        }
    }

    /// Everything of these heads has been applied.
    func reach(_ heads: Heads) {
        applied = heads
        revisions = heads.revisions.description
        edition += 1
    }

    /// Lets go of keys and revocations that tell nothing any more.
    func forget(expiredBefore time: Timestamp) { access.forget(expiredBefore: time) }

    private func apply(_ key: PublishedKey) {
        access.apply(key.entry)
        keyEdition += 1
        keys[key.entry.id] = key.jwk.algorithms == [.es256] && !key.entry.isDeleted ? key.jwk.verifier : nil
    }
}
