import GatehouseModel
package import GatehousePlatform

@main struct Registry {
    static func main() async { await registryProgram.run() }
}

package let registryProgram = Program(
    .registry,
    migrations: [
        Migration("0001-registry", PackageResources._001_registry_sql),
        Migration("0002-idempotency", PackageResources._002_idempotency_sql),
        Migration("0003-keys", PackageResources._003_keys_sql),
    ],
    settings: RegistrySettings.init, commands: [Bootstrap.command, ComponentCommands.add, ComponentCommands.remove]
) { service, settings, core in
    service.publish(document: PackageResources.openapi_json)
    let settlement = Settlement(Barrier(.registry, service.postgres, on: core), service.relay(on: core))
    let applications = Applications(service.postgres)
    let secrets = Secrets(service.postgres, settings.peppers, applications)
    ApplicationRoutes(applications, secrets, settlement, settings.answerKeys).mount(on: service.api)
    SecretRoutes(secrets, settlement, settings.answerKeys).mount(on: service.api)
    let sweeper = ClaimSweeper(.registry, service.postgres, service.log, on: core)
    service.background("claims") { await sweeper.run() }
}
