/// A moment that something waits for.
public struct Timer: Sendable, Hashable { let number: UInt64 }

/// A heap of moments. `ContinuousClock` is CLOCK_BOOTTIME: it goes on while the machine sleeps, and no one sets it.
struct Timers {
    // A closure stands in a struct: a bare one in a generic container gains a thunk at each access.
    private struct Action { let run: () -> Void }
    private struct Entry {
        let deadline: ContinuousClock.Instant
        let timer: Timer
    }
    private var heap: [Entry] = []
    private var actions: [Timer: Action] = [:]
    private var made: UInt64 = 0

    var isEmpty: Bool { heap.isEmpty }

    mutating func add(_ deadline: ContinuousClock.Instant, _ body: @escaping () -> Void) -> Timer {
        made += 1
        let timer = Timer(number: made)
        actions[timer] = Action(run: body)
        heap.append(Entry(deadline: deadline, timer: timer))
        rise(from: heap.count - 1)
        return timer
    }

    /// The entry stays in the heap until its moment, unless most of the heap is dead.
    mutating func remove(_ timer: Timer) {
        guard actions.removeValue(forKey: timer) != nil, heap.count > 64, heap.count > 4 * actions.count else { return }
        heap = heap.filter { actions[$0.timer] != nil }.sorted { $0.deadline < $1.deadline }
    }

    /// Takes what is due, earliest first.
    mutating func due(at now: ContinuousClock.Instant) -> (() -> Void)? {
        while let first = heap.first, first.deadline <= now || actions[first.timer] == nil {
            removeFirst()
            if let action = actions.removeValue(forKey: first.timer) { return action.run }
        }
        return nil
    }

    /// How long until the next moment: ms, rounded up, -1 for ever.
    func patience(at now: ContinuousClock.Instant) -> Int32 {
        guard let first = heap.first else { return -1 }
        let (seconds, attoseconds) = max(.zero, now.duration(to: first.deadline)).components
        return Int32(clamping: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].deadline < heap[least].deadline { least = child }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    private mutating func rise(from index: Int) {
        var child = index
        while child > 0, heap[child].deadline < heap[(child - 1) / 2].deadline {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }
}
