import GatehouseEventLoop
import Glibc
import Testing

@Suite struct `The event loop` {
    /// What a test makes on its core; it never leaves it.
    final class Tenant {
        let events: Events
        var seen: [Int] = []
        init(_ events: Events) { self.events = events }

        func napTwice() async throws {
            seen.append(1)
            try await events.sleep(for: .milliseconds(5))
            seen.append(2)
            try await events.sleep(for: .milliseconds(5))
            seen.append(3)
        }
    }

    @Test func `runs what is asked of it on its own thread, in order`() async throws {
        let core = Core()
        defer { core.stop() }
        let seen = try await core.run { core in
            let tenant = Tenant(core.events)
            try await tenant.napTwice()
            core.loop.checkIsolated()
            return tenant.seen
        }
        #expect(seen == [1, 2, 3])
    }

    @Test func `fires timers by deadline, and none that was cancelled`() async throws {
        let core = Core()
        defer { core.stop() }
        let seen = try await core.run { core in
            let tenant = Tenant(core.events)
            for delay in [30, 10, 20, 5, 15] {
                let timer = core.events.after(.milliseconds(delay)) { tenant.seen.append(delay) }
                if delay == 15 { core.events.cancel(timer) }
            }
            try await core.events.sleep(for: .milliseconds(40))
            return tenant.seen
        }
        #expect(seen == [5, 10, 20, 30])
    }

    @Test func `wakes for a timer that was set at the end of a turn`() async throws {
        let core = Core()
        defer { core.stop() }
        let took = try await core.run { core in
            let latch = Latch()
            let events = core.events
            var isSet = false
            let hook = events.everyTurn {
                if !isSet { events.after(.milliseconds(5)) { latch.open() } }
                isSet = true
                return -1
            }
            events.after(.seconds(10)) { latch.open() }
            let began = ContinuousClock.now
            try await latch.wait()
            events.forget(hook: hook)
            return began.duration(to: .now)
        }
        #expect(took < .seconds(5))
    }

    /// The detour cannot be seen from within, but the loop's turns can: over the pool a resumption comes some turns late.
    @Test func `resumes a task in the turn that resumed it`() async throws {
        let core = Core()
        defer { core.stop() }
        let (run, started) = try await core.run { core in
            let events = core.events
            var turns = 0
            events.everyTurn {
                turns += 1
                return 0
            }
            func count() async throws -> Int {
                let latch = Latch()
                var opened = 0
                events.after(.milliseconds(1)) {
                    opened = turns
                    latch.open()
                }
                try await latch.wait()
                return turns - opened
            }
            let end = Latch()
            var started = -1
            core.start {
                started = (try? await count()) ?? -1
                end.open()
            }
            let run = try await count()
            try await end.wait()
            return (run, started)
        }
        #expect(run == 0)
        #expect(started == 0)
    }

    @Test func `ends a sleep when its task is cancelled`() async throws {
        let core = Core()
        defer { core.stop() }
        let clock = ContinuousClock()
        let took = await clock.measure {
            await withTaskGroup { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) {
                        try await core.run { core in try await core.events.sleep(for: .seconds(60)) }
                    }
                }
                group.cancelAll()
            }
        }
        #expect(took < .seconds(30))
    }

    @Test func `tells when a descriptor is readable, until it is forgotten`() async throws {
        let core = Core()
        defer { core.stop() }
        let wakeup = Wakeup()
        let seen = try await core.run { core in
            let tenant = Tenant(core.events)
            let latch = Latch()
            core.events.watch(wakeup.descriptor, for: .read) { _ in
                wakeup.drain()
                tenant.seen.append(tenant.seen.count)
                latch.open()
            }
            wakeup.signal()
            try await latch.wait()
            core.events.forget(wakeup.descriptor)
            wakeup.signal()
            try await core.events.sleep(for: .milliseconds(10))
            return tenant.seen
        }
        #expect(seen == [0])
    }

    @Test func `hears the signals that it watches for, and no longer when it is done`() async throws {
        let core = Core()
        defer { core.stop() }
        let heard = try await core.run { core in
            let tenant = Tenant(core.events)
            let latch = Latch()
            let signals = Signals([SIGUSR1, SIGUSR2], core.events) { number in
                tenant.seen.append(Int(number))
                if tenant.seen.count == 2 { latch.open() }
            }
            kill(getpid(), SIGUSR1)
            kill(getpid(), SIGUSR2)
            try await latch.wait()
            withExtendedLifetime(signals) {}
            return tenant.seen
        }
        #expect(heard.sorted() == [Int(SIGUSR1), Int(SIGUSR2)])
        #expect(signal(SIGUSR1, SIG_DFL) == nil)
    }

    @Test func `starts a task that stays on the core`() async throws {
        let core = Core()
        defer { core.stop() }
        let seen = try await core.run { core in
            let tenant = Tenant(core.events)
            let latch = Latch()
            core.start {
                try? await tenant.napTwice()
                core.loop.checkIsolated()
                latch.open()
            }
            try await latch.wait()
            return tenant.seen
        }
        #expect(seen == [1, 2, 3])
    }

    @Test func `wakes for jobs of other threads, a hundred thousand times`() async throws {
        let core = Core()
        defer { core.stop() }
        let total = await withTaskGroup { group in
            for _ in 0..<10 {
                group.addTask {
                    var mine = 0
                    for _ in 0..<10_000 { mine += await core.run { _ in 1 } }
                    return mine
                }
            }
            return await group.reduce(0, +)
        }
        #expect(total == 100_000)
    }

    @Test func `keeps what blocks off the core`() async throws {
        let workers = Workers(2)
        defer { workers.stop() }
        let core = Core()
        defer { core.stop() }
        let same = await core.run { core in
            await workers.run { core.loop.isIsolatingCurrentContext() == true }
        }
        #expect(!same)
    }
}
