// Runs test/netns in a network namespace of its own, made and gone with this command. Needs Linux, root, iproute2 and
// iptables; says so and fails where one of them is missing. Must never touch the network of the machine.

import { spawnSync } from 'node:child_process'

const inside = 'ip link set lo up && iptables -L >/dev/null && exec npx vitest run --project=netns'
const { status } = spawnSync('unshare', ['--net', 'sh', '-c', inside], {
  stdio: 'inherit',
  env: { ...process.env, NETNS: '1' },
})
if (status !== 0) console.error('test:netns needs Linux, root, and the commands unshare, ip, tc, ss and iptables.')
process.exit(status ?? 1)
