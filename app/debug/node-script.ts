/**
 * Runs in the container, by the Node that is there, of whatever age: finds the process of the application, has it open its debugger
 * (SIGUSR1), and prints a line of JSON. Package managers are not meant, and of a process and its children the last one is.
 */
export const nodeScript = `
var fs = require('fs'), http = require('http')
function read(path) { try { return fs.readFileSync(path, 'utf8') } catch (e) { return '' } }
function link(path) { try { return fs.readlinkSync(path) } catch (e) { return '' } }
var all = fs.readdirSync('/proc').filter(function (n) { return /^[0-9]+$/.test(n) && Number(n) !== process.pid }).map(function (n) {
  var stat = read('/proc/' + n + '/stat')
  return { pid: Number(n), parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]), exe: link('/proc/' + n + '/exe'),
    words: read('/proc/' + n + '/cmdline').split('\\0').filter(Boolean), cwd: link('/proc/' + n + '/cwd'),
    options: (read('/proc/' + n + '/environ').split('\\0').filter(function (one) { return /^NODE_OPTIONS=/.test(one) })[0] || '') }
})
var nodes = all.filter(function (one) { return /(^|[/])node(js)?$/.test(one.exe || one.words[0] || '')
  && !/(^|[/])(npm|npx|yarn|pnpm|corepack)(-cli)?([.]c?js)?$/.test(one.words[1] || '') })
var leaves = nodes.filter(function (one) { return !nodes.some(function (other) { return other.parent === one.pid }) })
var app = leaves.sort(function (a, b) { return a.pid - b.pid })[0]
function say(more) { process.stdout.write(JSON.stringify(Object.assign({ runtime: 'node' }, app || {}, more)) + '\\n') }
if (!app) say({ state: 'none', all: all.map(function (one) { return one.words }) })
else {
  var flags = app.words.join(' ') + ' ' + app.options
  var port = Number((/--inspect(?:-brk|-wait)?=(?:[^ ]*:)?([0-9]+)/.exec(flags) || /--inspect-port=(?:[^ ]*:)?([0-9]+)/.exec(flags) || [])[1] || 9229)
  var others = leaves.length - 1, signalled = false, left = 40
  function ask() {
    http.get({ host: '127.0.0.1', port: port, path: '/json/list', timeout: 2000 }, function (answer) {
      answer.resume()
      say({ state: 'open', port: port, others: others, before: !signalled })
    }).on('error', function () {
      if (!signalled) { signalled = true; try { process.kill(app.pid, 'SIGUSR1') } catch (e) { return say({ state: 'refused', why: e.message }) } }
      if (left-- === 0) return say({ state: 'closed', port: port })
      setTimeout(ask, 200)
    })
  }
  ask()
}
`
