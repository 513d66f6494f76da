import GatehouseEventLoop
import GatehouseHTTP
import GatehousePlatform
import GatehouseWeb

extension Service {
    /// What is for people, not for applications: signing in and out, passwords, invitations, and the pages around them.
    ///
    /// What it returns leads other pages of people's.
    @discardableResult
    func mountPeople(
        _ settings: TokenSettings, _ recorder: Recorder, _ relay: OutboxRelay, on core: isolated Core
    ) -> VisitRoutes {
        let hashing = PasswordHashing(threads: settings.passwordThreads)
        atEnd { hashing.stop() }
        metrics.mount(hashing)
        let (accounts, invitations) = (AccountStore(postgres: postgres), InvitationStore(postgres: postgres))
        let sessionStore = SessionStore(postgres: postgres)
        let sessions = Sessions(sessionStore, settings.sessionLives, log, on: core)
        background("sessions") { await sessions.sweep() }
        let beyond = Tally(every: .seconds(10), recorder, on: core, fact: SignInFacts.failed)
        background("throttled sign-ins") { await beyond.run() }

        let visits = VisitRoutes(
            origin: self.settings.origin, settings.proxies, sessions, FormTokens(secret: settings.sealingKey), log)
        let signIn = SignIn(
            SignInStore(postgres: postgres), sessions, hashing,
            SignInThrottle(perNetwork: settings.signInFailuresPerNetwork), recorder, beyond: beyond, relay)
        SignInRoutes(visits, signIn).mount(on: router)
        SignOutRoutes(visits, sessionStore, relay).mount(on: router)
        InvitationRoutes(visits, invitations, sessions, hashing, relay).mount(on: router)
        AccountRoutes(visits).mount(on: router)
        Assets.mount(on: router)
        PasswordRoutes(
            passwords: Passwords(accounts, PasswordStore(postgres: postgres), hashing),
            invitations: Invitations(accounts, invitations), links: InvitationLinks(origin: self.settings.origin),
            relay: relay
        ).mount(on: api)
        return visits
    }
}

extension Metrics {
    /// How busy the threads are that passwords are hashed on.
    fileprivate func mount(_ hashing: PasswordHashing) {
        counter("gatehouse_password_hashes_total", "Passwords that were hashed, to be kept or to be checked") {
            hashing.made
        }
        gauge("gatehouse_password_hashes_in_flight", "Those that are being hashed, or wait for it") {
            Double(hashing.inFlight)
        }
    }
}
