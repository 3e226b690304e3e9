-- Sends GET requests for the targets in a file, one a line, in turn; prints one line of JSON at the end.
-- wrk -s load.lua URL -- FILE [SALT]: with a salt every request ends in a comment that none had before.

local targets, salt, count = {}, nil, 0

function init(args)
  for line in io.lines(args[1]) do
    targets[#targets + 1] = line
  end
  salt = args[2]
end

function request()
  count = count + 1
  local target = targets[(count - 1) % #targets + 1]
  if salt then
    target = target .. "%20%23%20" .. salt .. "-" .. count
  end
  return wrk.format("GET", target)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"answered": %d, "microseconds": %d, "failed": %d, "p50": %f, "p99": %f}\n',
    summary.requests - errors.status, summary.duration,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(99)
  ))
end
