import GatehouseEventLoop
import GatehouseModel
package import GatehousePlatform

@main struct Policy {
    static func main() async { await policyProgram.run() }
}

package let policyProgram = Program(
    .policy,
    migrations: [
        Migration("0001-policy", PackageResources._001_policy_sql),
        Migration("0002-objects", PackageResources._002_objects_sql),
        Migration("0003-idempotency", PackageResources._003_idempotency_sql),
        Migration("0004-listed", PackageResources._004_listed_sql),
    ],
    settings: PolicySettings.init, commands: [Bootstrap.command, Unlock.command]
) { service, settings, core in
    service.publish(document: PackageResources.openapi_json)
    let relay = service.relay(on: core)

    let replica = Replica(service.settings.postgres, timeToLive: settings.leaseTimeToLive, service.log, on: core)
    let sweeper = Sweeper(service.postgres, service.log, on: core)
    let wakeUps = try WakeUps(service.settings.kafka, replica, service.log, on: core)
    service.background("replica") { await replica.run() }
    service.background("sweeper") { await sweeper.run() }
    service.background("wake-ups") { await wakeUps.run() }
    service.atEnd { await replica.leave() }
    service.metrics.mount(replica, sweeper, wakeUps)
    service.health.check("lease") { replica.lease.isValid(at: .now()) ? nil : "no valid lease" }

    let decisions = Decisions(
        replica, ObjectStore(postgres: service.postgres), SessionStore(postgres: service.postgres), service.recorder(),
        recordsEachRead: settings.readRecords == .each,
        DoorAnswers(try Assertion(secret: service.settings.assertionKey), origin: service.settings.origin),
        origin: service.settings.origin, service.metrics, service.log, on: core)
    service.background("counted reads") { await decisions.reads.run() }
    service.background("counted refusals") { await decisions.refusals.run() }
    ForwardAuthRoutes(decisions, settings.doorKey, settings.proxies).mount(on: service.internalRouter)

    let settlement = Settlement(Barrier(.policy, service.postgres, on: core), relay)
    let keys = settings.answerKeys
    UserRoutes(users: UserAdministration(service.postgres), settlement: settlement, answerKeys: keys).mount(
        on: service.api)
    RoleRoutes(roles: RoleAdministration(service.postgres), settlement: settlement, answerKeys: keys).mount(
        on: service.api)
    DomainRoutes(domains: DomainAdministration(service.postgres), settlement: settlement, answerKeys: keys).mount(
        on: service.api)
    let claims = ClaimSweeper(.policy, service.postgres, service.log, on: core)
    service.background("claims") { await claims.run() }
    let workers = Workers(1)
    service.atEnd { workers.stop() }
    CatalogueRoutes(catalogues: CatalogueAdministration(service.postgres, workers), settlement: settlement).mount(
        on: service.api)
    NetworkRoutes(networks: NetworkAdministration(service.postgres), settlement: settlement).mount(on: service.api)
    ObjectRoutes(directory: ObjectDirectory(service.postgres), settlement: settlement).mount(on: service.api)
}
