import GatehouseModel
package import GatehousePlatform
import GatehousePostgres

/// `audit republish`: the public topic goes on at another place of the log: an earlier one, where the topic was lost, or a later one, beyond
/// a hole that nobody can fill. On the host only, with the owner's role, also while the service works.
package enum Republish {
    package static let command = HostCommand(
        "republish", usage: "republish --from SEQUENCE   write the log to the public topic again, from there on",
        options: ["from"]
    ) { host, arguments in
        let from = try arguments.required("from")
        guard let sequence = Int64(from), sequence > 0 else { throw UsageError("--from must be a sequence of the log") }
        let moved = try await host.postgres.change(PublicationStore.move, .int8(sequence))
        guard !moved.isEmpty else { throw Beyond() }
        print("The public topic goes on at \(sequence).")
    }

    private struct Beyond: Error, CustomStringConvertible {
        let description = "the log ends before that sequence"
    }
}
