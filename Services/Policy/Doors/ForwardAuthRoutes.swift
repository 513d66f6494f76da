import GatehouseHTTP
import GatehouseModel
import GatehousePlatform

/// `/forward-auth`: the door of nginx's `auth_request` and of HAProxy. The request is what `X-Original-URI` and `X-Original-Method`
/// say; what belongs to other doors is passed over.
struct ForwardAuthRoutes {
    private let decisions: Decisions
    private let key: DoorKey
    private let proxies: TrustedProxies

    init(_ decisions: Decisions, _ key: DoorKey, _ proxies: TrustedProxies) {
        self.decisions = decisions
        self.key = key
        self.proxies = proxies
    }

    /// Whatever method the proxy asks by, and whatever it sends along.
    func mount(on router: Router) {
        router.on(Router.any, "/forward-auth", maximumBody: nil) { request in
            let question = DoorQuestion(request, key)
            guard question.isOurs else {
                return .now(Response(Problem(.unauthenticated, "This door opens to the proxies of Gatehouse only.")))
            }
            return decisions.reply(question.asked(by: request, proxies), request)
        }
    }
}

/// What one pass over the headers finds.
private struct DoorQuestion {
    private var keys = 0
    private var isKeyRight = false
    private var targets = 0
    private var methods = 0
    private var asked = AskedRequest()

    /// One key, and the right one.
    var isOurs: Bool { keys == 1 && isKeyRight }

    init(_ request: Request, _ key: DoorKey) {
        // Not `self` in the closure: a struct is not captured while it is made.
        var found = Self()
        request.withEachHeader { name, value in found.read(name, value, key) }
        self = found
    }

    private init() {}

    /// What is stated twice is stated by nobody: no route has an empty path or method.
    func asked(by request: Request, _ proxies: TrustedProxies) -> AskedRequest {
        var asked = asked
        if targets != 1 { asked.target = "" }
        if methods != 1 { asked.method = "" }
        let peer = Address(bits: UInt128(request.peer.high) << 64 | UInt128(request.peer.low))
        let lines = asked.forwarded
        asked.client = proxies.client(peer: peer) { lines }
        asked.request = request
        return asked
    }

    private mutating func read(
        _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>, _ key: DoorKey
    ) {
        switch name.count {
        case 13 where name.spells("authorization"): asked.bearer.read(value)
        case 14 where name.spells("x-original-uri"):
            targets += 1
            asked.target = String(decoding: value, as: UTF8.self)
        case 17 where name.spells("x-original-method"):
            methods += 1
            asked.method = String(decoding: value, as: UTF8.self)
        case 15 where name.spells("x-forwarded-for"): asked.forwarded.append(String(decoding: value, as: UTF8.self))
        case 12 where name.spells("x-request-id"): asked.requestID = String(decoding: value, as: UTF8.self)
        case 20 where name.spells("x-gatehouse-door-key"):
            keys += 1
            isKeyRight = key.opens(value)
        default: break
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether it is this name in any case; `name` is in lower case.
    fileprivate func spells(_ name: StaticString) -> Bool {
        guard count == name.utf8CodeUnitCount else { return false }
        for index in indices {
            let byte = self[index]
            let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
            if lower != name.utf8Start[index] { return false }
        }
        return true
    }
}
