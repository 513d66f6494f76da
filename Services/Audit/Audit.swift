import GatehouseEventLoop
import GatehouseModel
package import GatehousePlatform

@main struct Audit {
    static func main() async { await auditProgram.run() }
}

package struct AuditSettings: Sendable {
    package init(_ configuration: Configuration) throws {}
}

package let auditProgram = Program(
    .audit, migrations: [Migration("0001-audit", PackageResources._001_audit_sql)], settings: AuditSettings.init
) { service, _, core in
    let intake = try Intake(
        service.settings.postgres, service.postgres, service.settings.kafka, service.log, service.metrics, on: core)
    service.background("intake") { await intake.run() }
    service.atEnd { await intake.close() }
    service.health.check("intake") { intake.alarm }
    EventRoutes(store: EventStore(postgres: service.postgres)).mount(on: service.api)
}
