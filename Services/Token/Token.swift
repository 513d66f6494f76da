import GatehouseEventLoop
import GatehouseModel
package import GatehousePlatform

@main struct Token {
    static func main() async { await tokenProgram.run() }
}

package let tokenProgram = Program(
    .token,
    migrations: [
        Migration("0001-token", PackageResources._001_token_sql),
        Migration("0002-assertions", PackageResources._002_assertions_sql),
        Migration("0003-grants", PackageResources._003_grants_sql),
        Migration("0004-sessions", PackageResources._004_sessions_sql),
    ],
    settings: TokenSettings.init, commands: [InviteCommand.command]
) { service, settings, core in
    service.publish(document: PackageResources.openapi_json)
    let issuer = service.settings.origin
    let postgres = service.postgres
    let recorder = service.recorder()
    let relay = service.relay(on: core)
    let keys = try KeyRing(
        KeyStore(postgres: postgres), sealingKey: settings.sealingKey, life: settings.keyLife,
        tokenLife: max(settings.tokenLife, settings.lives.accessToken), service.log, on: core)
    let issues = Tally(every: .seconds(1), recorder, on: core, fact: TokenFacts.issued)
    let failures = Tally(every: .seconds(10), recorder, on: core, fact: TokenFacts.failed)
    let usage = Usage(postgres, service.log, on: core)
    let revocations = RevocationStore(postgres: postgres)
    let assertions = AssertionStore(postgres: postgres)

    let barrier = Barrier(.token, postgres, on: core)
    let codeFlow = CodeFlow(
        postgres, lives: settings.lives, sealingKey: settings.sealingKey, Settlement(barrier, relay))
    let partitions = Partitions(
        owner: settings.owner, grantLife: settings.lives.grant, service.log, on: core.events)

    MetadataRoutes(issuer: issuer, keys: keys).mount(on: service.router)
    OAuthRoutes(
        issuer: issuer, proxies: settings.proxies,
        authentication: ClientAuthentication(
            issuer: issuer, peppers: PreparedPeppers(settings.peppers), keys: try PreparedKeys(),
            clients: ClientStore(postgres: postgres), assertions: assertions,
            failures: AuthenticationFailures(
                FailureLimits(perClient: settings.failuresPerClient, perAddress: settings.failuresPerAddress), recorder,
                beyond: failures)),
        introspections: IntrospectionStore(postgres: postgres), revocations: revocations,
        grant: ClientCredentialsGrant(life: settings.tokenLife), codeFlow: codeFlow, keys: keys,
        tokens: TokenReader(keys, issuer: issuer), issues: issues, recorder: recorder, usage: usage, barrier: barrier,
        relay: relay, log: service.log
    ).mount(on: service.router)
    GrantRoutes(grants: codeFlow.grants).mount(on: service.api)

    service.mountPeople(settings, recorder, relay, on: core)

    service.health.check("signing keys") { keys.isReady ? nil : "none yet" }
    service.health.check("partitions") { partitions.isReady ? nil : "not made yet" }
    service.background("partitions") { await partitions.run() }
    service.background("signing keys") { await keys.run() }
    service.background("issues") { await issues.run() }
    service.background("failures") { await failures.run() }
    service.background("usage") { await usage.run() }
    let events = core.events
    service.background("revocations") {
        while !Task.isCancelled {
            try? await revocations.purge(at: .now())
            try? await events.sleep(for: .seconds(600))
        }
    }
    service.background("used assertions") {
        while !Task.isCancelled {
            let isMore = try? await assertions.sweep()
            try? await events.sleep(for: isMore == true ? .milliseconds(100) : .seconds(60))
        }
    }
}
