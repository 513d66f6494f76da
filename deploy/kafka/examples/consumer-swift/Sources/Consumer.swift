import GatehouseModel

/// Reads events of the public audit topic from standard input, one a line, prints each once, and proves by the sequence that none is
/// missing: `kcat -C -e -q -b SERVERS -t gatehouse.audit.v1 -o beginning -f '%s\n' | consumer`.
@main struct Consumer {
    /// Ends with 1 when a number is missing, or no event came, with 2 at a line that is no event.
    static func main() {
        var seen = Completeness()
        while let line = readLine() {
            do throws(Problem) {
                let event = try AuditEvent(parsing: Array(line.utf8))
                if seen.isNew(event) { print(sentence(event)) }
            } catch {
                end(2, "this is no event of the audit log: \(error.detail)")
            }
        }
        end(seen.isComplete ? 0 : 1, seen.verdict)
    }

    private static func sentence(_ event: AuditEvent) -> String {
        let fact = event.fact
        let who = fact.user.map { $0.name.isEmpty ? $0.id.text : $0.name } ?? "somebody"
        let through = fact.application.map { " via \($0.name)" } ?? ""
        let things = fact.objects.map { $0.name.isEmpty ? $0.id : $0.name }.joined(separator: ", ")
        return "\(event.sequence) \(event.event.time.text) \(who)\(through) \(fact.operation) \(fact.objectType) "
            + "\(things) \(fact.outcome)"
    }
}
