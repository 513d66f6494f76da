import GatehouseModel
import GatehousePlatform
package import GatehousePostgres

/// Makes a code of a user's yes, and tells of it in the same statement.
package final class Consents {
    private let store: CodeStore
    private let grantLife: Duration

    /// `grantLife`: how long a grant lives, however often it is used.
    package convenience init(_ postgres: Postgres, sealingKey: [UInt8], grantLife: Duration) {
        self.init(CodeStore(postgres: postgres, seal: TokenSeal(sealingKey: sealingKey)), grantLife: grantLife)
    }

    init(_ store: CodeStore, grantLife: Duration) {
        self.store = store
        self.grantLife = grantLife
    }

    /// The code; nil when the application or the user is no longer what was agreed to. Whoever gives the same consent twice gets the same
    /// code twice.
    package func give(_ consent: Consent) async throws -> String? {
        let approval = Approval(of: consent, grantLife: grantLife)
        return try await store.add(approval) ? approval.code.text(store.seal) : nil
    }
}

/// A yes on its way into the database.
final class Approval: Sendable {
    let consent: Consent
    let code: AuthorizationCode
    /// Until when the code is good, and until when the grant, at most.
    let expires: Timestamp
    let ends: Timestamp

    init(of consent: Consent, grantLife: Duration) {
        self.consent = consent
        expires = consent.made + GrantLives.code
        ends = consent.made + grantLife
        code = AuthorizationCode(of: consent.grant, expires: expires, grantEnds: ends)
    }

    var fact: OutgoingFact {
        let application = consent.application
        let objects = [
            Fact.Object(application.clientID.text, name: application.name), Fact.Object(consent.grant.text, name: ""),
        ]
        let fact = Fact(
            by: consent.user, through: application, .authorize, .oauthApplication, objects, ip: consent.ip)
        return OutgoingFact(
            .consentGiven, key: fact.key, subject: application.clientID.text, data: fact.json, at: consent.made,
            in: consent.trace)
    }
}
