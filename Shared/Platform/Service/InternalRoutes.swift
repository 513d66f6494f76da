import GatehouseEventLoop
import GatehouseHTTP
import GatehouseJSON
import GatehouseKafka
import GatehousePostgres

extension Router {
    func mount(_ health: Health) {
        on("GET", "/health/live", Endpoint { _ in .now(.json(["status": "live"])) })
        on("GET", "/health/ready", Endpoint { _ in .now(health.answer) })
    }

    func mount(_ metrics: Metrics) {
        on(
            "GET", "/metrics",
            Endpoint { _ in
                .now(
                    Response(200, text: metrics.text, type: "text/plain; version=0.0.4"))
            })
    }
}
