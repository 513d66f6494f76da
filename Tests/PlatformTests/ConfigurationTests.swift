import Foundation
import GatehousePlatform
import Testing

@Suite struct `What is configured` {
    enum Colour: String, CaseIterable { case red, green }

    @Test(arguments: [
        ("250ms", Duration.milliseconds(250)), ("5s", .seconds(5)), ("10m", .seconds(600)), ("24h", .seconds(86400)),
        ("400d", .seconds(400 * 86400)),
    ])
    func `reads durations, and writes them the same`(text: String, duration: Duration) throws {
        #expect(Duration(text) == duration)
        #expect(Duration(duration.text) == duration)
    }

    @Test(arguments: ["", "5", "s", "-5s", "5 s", "5S", "1e3s", "99999999999s", "٥s", "5s5s"])
    func `refuses what is no duration`(text: String) { #expect(Duration(text) == nil) }

    @Test func `stops with one line that names a wrong value`() {
        let configuration = Configuration(values: [
            "TTL": "1s", "PORT": "x", "COLOUR": "blue", "LISTEN": "nowhere", "KEY": "c2hvcnQ",
        ])
        let complaints: [(String, () throws -> Void)] = [
            (
                "GATEHOUSE_TTL: 1s is not within 2s … 5m",
                { _ = try configuration.duration("TTL", default: .seconds(5), in: .seconds(2) ... .seconds(300)) }
            ),
            (
                "GATEHOUSE_PORT: 'x' is not a whole number",
                { _ = try configuration.integer("PORT", default: 1, in: 0...9) }
            ),
            (
                "GATEHOUSE_COLOUR: 'blue' is none of red, green",
                { _ = try configuration.choice("COLOUR", default: Colour.red) }
            ),
            (
                "GATEHOUSE_LISTEN: 'nowhere' is not an address and a port, like 127.0.0.1:8101",
                { _ = try configuration.listener("LISTEN", default: "127.0.0.1:1") }
            ),
            ("GATEHOUSE_KEY: has 5 bytes, and needs at least 32", { _ = try configuration.key("KEY", atLeast: 32) }),
            ("GATEHOUSE_URL: is required", { _ = try configuration.text("URL") }),
        ]
        for (line, read) in complaints {
            #expect { try read() } throws: { "\($0)" == line }
        }
    }

    @Test func `takes defaults for what is absent or empty`() throws {
        let configuration = Configuration(values: ["COLOUR": ""])
        #expect(try configuration.choice("COLOUR", default: Colour.green) == .green)
        #expect(try configuration.integer("COUNT", default: 3, in: 0...9) == 3)
        #expect(configuration.list("PROXIES") == [])
    }

    @Test func `passes Kafka's properties on`() {
        let configuration = Configuration(values: [
            "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9092", "KAFKA_SOCKET_TIMEOUT_MS": "9",
        ])
        #expect(configuration.kafka == ["bootstrap.servers": "127.0.0.1:9092", "socket.timeout.ms": "9"])
    }

    @Test(arguments: [("127.0.0.1:8101", "127.0.0.1", 8101), ("[::1]:0", "::1", 0)])
    func `reads listeners`(text: String, address: String, port: Int) throws {
        let listener = try #require(Listener(text))
        #expect(listener.address == address && Int(listener.port) == port)
    }

    @Test(arguments: ["", "127.0.0.1", ":80", "::1:80", "127.0.0.1:65536", "127.0.0.1:-1", "[]:1"])
    func `refuses what is no listener`(text: String) { #expect(Listener(text) == nil) }
}
