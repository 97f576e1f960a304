/** Owns the count of React's commits. Must be loaded before react-dom, which looks for the hook as it loads. */

export const commits = { count: 0, lastAt: 0 }

;(globalThis as Record<string, unknown>).__REACT_DEVTOOLS_GLOBAL_HOOK__ = {
  supportsFiber: true,
  inject: () => 1,
  onCommitFiberUnmount() {},
  onPostCommitFiberRoot() {},
  onCommitFiberRoot() {
    commits.count++
    commits.lastAt = performance.now()
  },
}
