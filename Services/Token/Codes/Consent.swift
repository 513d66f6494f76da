package import GatehouseModel

/// What a user has agreed to, with what they were shown of it.
package final class Consent: Sendable {
    /// The grant that it is.
    let grant: ID<Grant>
    let user: Fact.User
    /// Of the session in which they agreed.
    let userEpoch: Int64
    let application: Fact.Application
    let website: String?
    let scopes: [Scope]
    /// Where the code goes; and which of the application's registered URIs that is.
    let redirectURI: String
    let registeredURI: RedirectURI
    let challenge: CodeChallenge
    let made: Timestamp
    let ip: Address
    let trace: Trace?

    package init(
        grant: ID<Grant>, user: Fact.User, userEpoch: Int64, application: Fact.Application, website: String?,
        scopes: [Scope],
        redirectURI: String, registeredURI: RedirectURI, challenge: CodeChallenge, made: Timestamp,
        ip: Address, trace: Trace? = nil
    ) {
        self.grant = grant
        self.user = user
        self.userEpoch = userEpoch
        self.application = application
        self.website = website
        self.scopes = scopes
        self.redirectURI = redirectURI
        self.registeredURI = registeredURI
        self.challenge = challenge
        self.made = made
        self.ip = ip
        self.trace = trace
    }

    /// What a remembered consent is for, beside its scopes (06 § Consent): another digest is asked for again.
    var shown: [UInt8] { ShownApplication.digest(application.name, website, redirectURI) }
}
