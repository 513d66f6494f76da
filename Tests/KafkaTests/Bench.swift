import GatehouseEventLoop
import GatehouseKafka
import Testing

/// Runs a story on a core of its own.
func onCore(_ story: @Sendable (isolated Core) async throws -> Void) async throws {
    let core = Core()
    defer { core.stop() }
    try await core.run(story)
}

/// librdkafka's own lines, kept.
final class Lines {
    private(set) var all: [KafkaLog] = []
    func add(_ line: KafkaLog) { all.append(line) }
}

/// What a consumer has handled.
final class Handled {
    var records: [ConsumedRecord] = []
    var error: (any Error)?
}

extension Consumer {
    /// Handles what comes until `count` records have come, or the run ends by itself.
    func handle(_ count: Int, on core: Core) async throws -> [ConsumedRecord] {
        let handled = Handled()
        await core.start {
            do {
                try await self.run { batch in
                    handled.records += batch
                    if handled.records.count >= count { withUnsafeCurrentTask { $0?.cancel() } }
                }
            } catch is CancellationError {
            } catch { handled.error = error }
        }.value
        if let error = handled.error { throw error }
        return handled.records
    }
}

func text(_ bytes: [UInt8]?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

/// The partition of a key by Java's default partitioner, written anew from its published algorithm (murmur2, seed 0x9747b28c).
func javaPartition(_ key: [UInt8], of partitions: Int32) -> Int32 {
    let m: UInt32 = 0x5bd1_e995
    var hash: UInt32 = 0x9747_b28c ^ UInt32(key.count)
    var rest = key[...]
    while rest.count >= 4 {
        var word = rest.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        word = word &* m
        word ^= word >> 24
        word = word &* m
        hash = hash &* m ^ word
        rest = rest.dropFirst(4)
    }
    if !rest.isEmpty {
        hash ^= rest.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        hash = hash &* m
    }
    hash ^= hash >> 13
    hash = hash &* m
    hash ^= hash >> 15
    return Int32(hash & 0x7fff_ffff) % partitions
}
