import GatehouseEventLoop
import GatehouseModel
package import GatehousePlatform

@main struct Audit {
    static func main() async { await auditProgram.run() }
}

package let auditProgram = Program(
    .audit,
    migrations: [
        Migration("0001-audit", PackageResources._001_audit_sql),
        Migration("0002-publication", PackageResources._002_publication_sql),
    ],
    settings: AuditSettings.init, commands: [Replay.command, Republish.command], producer: Publication.producer
) { service, settings, core in
    service.publish(document: PackageResources.openapi_json)
    let partitions = Partitions(settings.partitions, service.log, on: core.events)
    let persons = PersonStore(postgres: service.postgres)
    let metrics = IntakeMetrics(service.metrics, partitions)
    let publication = Publication(
        service.settings.postgres, service.producer, persons,
        PublicationMetrics(service.metrics) { metrics.sequence }, service.log, on: core.events)
    let intake = try Intake(
        service.settings.postgres, service.settings.kafka, service.postgres, partitions, publication, metrics,
        service.log, on: core)
    service.background("intake") { await intake.run() }
    service.atEnd { await intake.close() }
    service.health.check("intake") { intake.alarm?.text }
    EventRoutes(reader: LogReader(postgres: service.postgres), persons: persons)
        .mount(on: service.api)
}
