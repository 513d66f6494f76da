import GatehouseEventLoop
import GatehouseModel
package import GatehousePlatform

@main struct Audit {
    static func main() async { await auditProgram.run() }
}

package let auditProgram = Program(
    .audit, migrations: [Migration("0001-audit", PackageResources._001_audit_sql)], settings: AuditSettings.init,
    commands: [Replay.command]
) { service, settings, core in
    service.publish(document: PackageResources.openapi_json)
    let partitions = Partitions(settings.partitions, service.log, on: core.events)
    let intake = try Intake(
        service.settings.postgres, service.settings.kafka, service.postgres, partitions, IntakeMetrics(service.metrics),
        service.log, on: core)
    service.background("intake") { await intake.run() }
    service.atEnd { await intake.close() }
    service.health.check("intake") { intake.alarm?.text }
    EventRoutes(reader: LogReader(postgres: service.postgres), persons: PersonStore(postgres: service.postgres))
        .mount(on: service.api)
}
