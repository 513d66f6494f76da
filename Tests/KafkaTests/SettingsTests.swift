import GatehouseEventLoop
import GatehouseKafka
import Testing

@Suite struct SettingsTests {
    @Test(arguments: [
        (["liner.ms": "5"], "liner.ms"), (["linger.ms": "soon"], "linger.ms"), (["acks": "0"], "acks"),
        (["sasl.mechanism": "TELEPATHY", "security.protocol": "SASL_PLAINTEXT"], "sasl.mechanism"),
    ])
    func `what is wrong names its property`(settings: [String: String], name: String) async throws {
        try await onCore { core in
            do throws(KafkaError) {
                _ = try Producer(settings, on: core) { _ in }
                Issue.record("\(settings) was taken")
            } catch {
                guard case .setting(name, _) = error else { throw error }
                #expect("\(error)".contains("the Kafka property \(name) is not right: "))
            }
        }
    }
}
