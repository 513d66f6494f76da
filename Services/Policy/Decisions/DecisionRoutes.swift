import GatehouseCrypto
import GatehouseEventLoop
import GatehouseHTTP
import GatehouseModel
import GatehousePlatform

/// Decides requests, and sees to it that what must be recorded is, before anyone is answered.
final class Decisions {
    /// What is still to be done before an answer may go.
    enum Outcome {
        case answer(Response, ID<Event>)
        case record(OutgoingFact, Response)
        /// The decision hangs on where this object lies.
        case look(ObjectReference)
    }

    private let replica: Replica
    private let objects: ObjectStore
    private let sessions: SessionStore
    private let cookie: HostCookie
    private let origin: String
    private let held: HeldState
    private let recorder: Recorder
    private let recordsEachRead: Bool
    private let answers: DoorAnswers
    private let verifier: TokenVerifier
    private let log: Log
    private let counters: DecisionCounters
    let reads: Tally<CountedRead>
    let refusals: Tally<CountedRefusal>

    init(
        _ replica: Replica, _ objects: ObjectStore, _ sessions: SessionStore, _ recorder: Recorder,
        recordsEachRead: Bool, _ answers: DoorAnswers, origin: String, _ metrics: Metrics, _ log: Log,
        on core: isolated Core
    ) {
        self.replica = replica
        self.objects = objects
        self.sessions = sessions
        self.origin = origin
        cookie = HostCookie(SessionID.cookie, origin: origin)
        self.recorder = recorder
        self.recordsEachRead = recordsEachRead
        self.answers = answers
        self.log = log
        held = replica.held
        verifier = TokenVerifier(issuer: origin, replica.held)
        counters = DecisionCounters(metrics)
        reads = Tally(every: .seconds(1), recorder, on: core) { $0.fact($1, $2) }
        refusals = Tally(every: .seconds(10), recorder, on: core) { $0.fact($1, $2) }
    }

    func reply(_ asked: AskedRequest, _ request: Request) -> Reply {
        let moment = Lease.Moment.now()
        let verdict = verifier.verdict(asked.bearer, at: moment) { Bearer.token(of: request) }
        if case .unknownKey = verdict, replica.lease.isValid(at: moment) {
            let (replica, verifier) = (replica, verifier)
            return .later {
                await replica.wakeForKeys()
                let moment = Lease.Moment.now()
                let shown = Shown.token(verifier.verdict(asked.bearer, at: moment) { Bearer.token(of: request) })
                return await self.perform(self.decide(asked, shown, at: moment), asked, shown, for: request)
            }
        }
        if case .missing = verdict, replica.lease.isValid(at: moment), let session = self.session(of: asked) {
            let site = RequestSite(
                origins: asked.header("Origin"), sites: asked.header("Sec-Fetch-Site"), origin: origin)
            return .later {
                let shown = Shown.session(await self.sessions.find(session), isFromOurSite: site == .ours)
                return await self.perform(self.decide(asked, shown, at: .now()), asked, shown, for: request)
            }
        }
        switch decide(asked, .token(verdict), at: moment) {
        case .answer(let response, _): return .now(response)
        case let outcome: return .later { await self.perform(outcome, asked, .token(verdict), for: request) }
        }
    }

    /// The digest of the session that a browser shows, on our own paths.
    private func session(of asked: AskedRequest) -> [UInt8]? {
        guard Management.owns(path: asked.target), let text = cookie.value(in: asked.header("Cookie")) else {
            return nil
        }
        return SessionID(text)?.digest
    }

    private func perform(
        _ outcome: Outcome, _ asked: AskedRequest, _ shown: Shown, for request: Request
    ) async -> Response {
        switch outcome {
        case .look(let object):
            // Everything is judged anew: while the row was on its way, the state may have become another, and the lease have ended.
            let domains = await objects.domains(of: object)
            counters.count(domains)
            let outcome = decide(asked, shown, at: .now(), (object: object, domains: domains))
            return await perform(outcome, asked, shown, for: request)
        case .answer(let response, let id):
            lookAgain(at: request, id)
            return response
        case .record(let fact, let response):
            do {
                try await recorder.record(fact)
            } catch {
                counters.count(.stateStale)
                return answers.unrecorded(fact.event.id)
            }
            lookAgain(at: request, fact.event.id)
            return response
        }
    }

    /// Waiting took its time: nothing is allowed on a lease that has ended before the answer goes out.
    private func lookAgain(at request: Request, _ id: ID<Event>) {
        request.beforeSending = { response in
            Fault.point(.decisionBeforeLastLook)
            guard response.status == 200, !self.replica.lease.isValid(at: .now()) else { return response }
            self.counters.count(.stateStale)
            return self.answers.stale(id)
        }
    }

    /// `found`: what the resource directory said of an object, where it was asked.
    private func decide(
        _ asked: AskedRequest, _ shown: Shown, at moment: Lease.Moment,
        _ found: (object: ObjectReference, domains: AccessRequest.ObjectDomains)? = nil
    ) -> Outcome {
        var request = AccessRequest(
            credential: shown.credential, method: asked.method, target: asked.target,
            origin: asked.client.map { .address($0) } ?? .unresolved)
        let access = AccessMoment(now: moment.wall, isFresh: replica.lease.isValid(at: moment))
        var decision = held.access.decide(request, at: access) { StatedParameter(lines: asked.header($0)) }
        if decision.dependsOnObject, let object = decision.object {
            guard let found else { return .look(object) }
            // A catalogue that came meanwhile may mean another object: of that one nothing was read.
            request.objectDomains = found.object == object ? found.domains : .unreadable
            decision = held.access.decide(request, at: access) { StatedParameter(lines: asked.header($0)) }
        }
        let made = Verdict(
            id: .fresh(at: moment.wall), asked: asked, decision: decision, caller: shown.caller, moment: moment,
            revisions: held.revisions, age: replica.lease.age(at: moment))
        counters.count(decision.reason)
        if let reason = decision.reason { return refuse(made, reason) }
        return allow(made)
    }

    private func refuse(_ verdict: Verdict, _ reason: Reason) -> Outcome {
        let response = answers.refusal(verdict, reason, scope: held.access.route(of: verdict.decision)?.scope)
        if let caller = verdict.caller, reason != .stateStale {
            let trail = verdict.trail
            note(verdict, trail)
            let fact = OutgoingFact(blocked: verdict, reason, caller, held.access, in: trail?.trace)
            return .record(fact, response)
        }
        note(verdict, verdict.trail)
        let counted = refusals.count(
            CountedRefusal(address: verdict.asked.client, reason: reason), at: verdict.moment.wall)
        return .answer(counted ? response : answers.unrecorded(verdict.id), verdict.id)
    }

    private func allow(_ verdict: Verdict) -> Outcome {
        guard let identity = verdict.caller?.identity(verdict.decision, in: held),
            let route = held.access.label(of: verdict.decision)
        else { return .answer(answers.stale(verdict.id), verdict.id) }
        let isOurs = held.access.isOurs(verdict.decision)
        let response = answers.allowance(verdict, identity, isOurs: isOurs)
        if held.access.isWrite(verdict.decision) {
            // What changes something of ours is told by the service that does it.
            if isOurs {
                note(verdict, verdict.trail)
                return fresh(response, verdict)
            }
            let trail = verdict.trail
            note(verdict, trail)
            return .record(
                OutgoingFact(.callAllowed, verdict, identity, route: route, in: trail?.trace), response)
        }
        if recordsEachRead {
            let trail = verdict.trail
            note(verdict, trail)
            let fact = OutgoingFact(.callsAllowed, verdict, identity, route: route, count: 1, in: trail?.trace)
            return .record(fact, response)
        }
        note(verdict, verdict.trail)
        let read = CountedRead(
            user: identity.user, application: identity.application, route: route, address: verdict.asked.client,
            second: verdict.moment.wall.seconds)
        guard reads.count(read, at: verdict.moment.wall) else {
            return .answer(answers.unrecorded(verdict.id), verdict.id)
        }
        return fresh(response, verdict)
    }

    /// At `debug` alone: a decision takes microseconds, and so does a line.
    private func note(_ verdict: Verdict, _ trail: @autoclosure () -> Trail?) {
        log.debug("decided", verdict.details(trail()))
    }

    /// The last look at the clock: this process may have been stopped since the first.
    private func fresh(_ response: Response, _ verdict: Verdict) -> Outcome {
        Fault.point(.decisionBeforeLastLook)
        return .answer(replica.lease.isValid(at: .now()) ? response : answers.stale(verdict.id), verdict.id)
    }
}
