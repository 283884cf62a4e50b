import { partsOf, qualified } from '../reference.ts'
import type { Trouble } from './trouble.ts'
import { shortened } from './shortened.ts'

const gone = /not found|manifest unknown|name unknown|does not exist|\b404\b/i
const denied = /denied|unauthorized|forbidden|\b40[13]\b/i
/** Docker's word, and the status of all others. */
const limited = /too ?many ?requests|\b429\b|rate limit/i
/** The name of the registry, not the image, was not found; or it only asks to come later. */
const later = /no such host|server misbehaving|\b50\d\b|timeout|refused|reset by peer/i
/** The name of the registry itself leads nowhere. */
const unresolved = /lookup (\S+?)(?::\d+)?(?: on \S+)?: no such host/i
/** Whether it leads anywhere, nobody says: the words of Go's own lookup, of one over UDP, and of the C library. */
const unanswered =
  /lookup (\S+?)(?::\d+)?(?: on \S+)?: (?:server misbehaving|[^"]*i\/o timeout|temporary failure in name resolution)/i
/** The node itself knows no way there. */
const noWay = /network is unreachable|no route to host/i
/** Each such try takes half a minute by itself. */
const silent = /dial tcp \S+: (?:connect: )?(?:i\/o timeout|connection timed out)/i
/** What the registry shows or speaks is not what the nodes ask for. */
const untrusted =
  /x509: |certificate signed by unknown|tls: failed to verify|server gave HTTP response to HTTPS client/i
const noSpace = /no space left on device/i
const proxied = /proxyconnect tcp|Proxy Authentication Required/i
const clock = /certificate has expired or is not yet valid/i
const otherPlatform = /no match for platform/i

/** A network that changes, or a name server that starts, is there again by then. */
const nameQuietMs = 15_000
const refusedQuietMs = 60_000
/** Three tries, with the pauses between them. */
const silentQuietMs = 120_000

/** What keeps an image from being pulled; final where another try could meet nothing else. `engine`: the program of hints. */
export const pullTrouble = (image: string, message: string, engine: string): Trouble => {
  const said = message === '' ? '' : `: ${reasonIn(message)}`
  if (limited.test(message))
    return {
      line: `image ${image} waits: ${hostOf(image)} limits how often one may pull${said}`,
      hints: [
        `${engine} login ${hostOf(image)} && ${engine} pull ${image}   # what the engine holds is put into the nodes`,
        `cluster: { mirrors: [${hostOf(image)}] }   # pulls each image once, for all clusters to come`,
      ],
    }
  if (otherPlatform.test(message))
    return {
      line: `image ${image} is not offered for the nodes' kind of processor${said}`,
      hopelessAfterMs: 0,
      hints: [`${engine} manifest inspect ${image}   # tells for which it is`],
    }
  if (noSpace.test(message))
    return {
      line: `image ${image} cannot be pulled: no space is left on the disk of its node`,
      hopelessAfterMs: refusedQuietMs,
      hints: ['docker system df   # what the engine holds', 'docker system prune   # removes what is not used'].map(
        (hint) => hint.replace('docker', engine),
      ),
    }
  if (proxied.test(message))
    return {
      line: `image ${image} cannot be pulled: the proxy of the nodes does not let it through${said}`,
      hopelessAfterMs: refusedQuietMs,
      hints: [
        'HTTPS_PROXY of the shell that made the cluster is what its nodes ask: `localhost` there is the node itself.',
        `${engine} pull ${image}   # what the engine holds is put into the nodes`,
      ],
    }
  if (clock.test(message))
    return {
      line: `image ${image} cannot be pulled: by the clock of its node the registry's certificate is not valid${said}`,
      hopelessAfterMs: refusedQuietMs,
      hints: [
        'kindup doctor   # tells how far the clocks are apart; a virtual machine whose computer slept: start the engine again',
      ],
    }
  const nowhere = unresolved.exec(message)?.[1]
  if (nowhere !== undefined)
    return {
      line: `image ${image} cannot be pulled: the name ${nowhere} does not resolve`,
      hopelessAfterMs: nameQuietMs,
      hints: [
        `Is ${image} the right name? An image of yours belongs under \`images:\`, so that it is put into the nodes.`,
        `${engine} pull ${image}   # where ${nowhere} resolves for you alone, behind a VPN: what the engine holds is put into the nodes`,
      ],
    }
  const unknown = unanswered.exec(message)?.[1]
  if (unknown !== undefined)
    return {
      line: `image ${image} could not be pulled yet: the name ${unknown} does not resolve, because the name server of the nodes fails`,
      hopelessAfterMs: refusedQuietMs,
      hints: [
        `${engine} pull ${image}   # what the engine holds is put into the nodes`,
        'kindup doctor   # tells whether names resolve here: the nodes ask the name server of this machine',
      ],
    }
  if (untrusted.test(message))
    return {
      line: `image ${image} cannot be pulled${said}`,
      hopelessAfterMs: nameQuietMs,
      hints: [
        `${engine} pull ${image}   # what the engine holds is put into the nodes`,
        'kindup doctor   # tells whether something between here and the registry shows a certificate of its own',
      ],
    }
  if (/connection refused/i.test(message))
    return {
      line: `image ${image} could not be pulled yet${said}`,
      hopelessAfterMs: refusedQuietMs,
      heedsOthers: true,
      hints: [
        `Nothing answers at ${hostOf(image)} as the nodes see it: \`localhost\` is the node itself there. An image of yours belongs under \`images:\`.`,
      ],
    }
  if (
    /i\/o timeout|connection timed out|context deadline exceeded|network is unreachable|no route to host/i.test(message)
  )
    return {
      line: `image ${image} could not be pulled yet${said}`,
      ...(noWay.test(message) && { hopelessAfterMs: refusedQuietMs }),
      ...(silent.test(message) && { hopelessAfterMs: silentQuietMs }),
      hints: [
        `Nothing answers at ${hostOf(image)}: do the nodes have a way out, and does it want a proxy?`,
        `${engine} pull ${image}   # what the engine holds is put into the nodes`,
      ],
    }
  if (later.test(message) || !(gone.test(message) || denied.test(message)))
    return { line: `image ${image} could not be pulled yet${said}` }
  return {
    line: `image ${image} cannot be pulled${said}`,
    hopelessAfterMs: 0,
    hints: [
      `Is ${image} the right name? An image of yours belongs under \`images:\`, so that it is put into the nodes.`,
      // Registries say of what they do not have that one may not see it.
      ...(denied.test(message)
        ? [
            `${engine} login ${hostOf(image)} && ${engine} pull ${image}   # if it is private: what the engine holds is put into the nodes`,
          ]
        : []),
    ],
  }
}

const hostOf = (image: string): string => partsOf(qualified(image)).repository.split('/')[0] ?? ''

/** What the registry or the network said, without the steps that led there: they name the image three times. */
const reasonIn = (message: string): string => {
  const reason = message.replaceAll(
    /Back-off pulling image "[^"]*"(: |$)|ErrImagePull: |failed to (pull( and unpack)? image|resolve (reference|image)) "[^"]*": |failed to do request: |rpc error: code = \w+ desc = /g,
    '',
  )
  return shortened(reason === '' ? 'the attempts failed' : reason)
}
