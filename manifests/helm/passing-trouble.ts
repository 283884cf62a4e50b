/** Whether what helm says of a download may be over when it is asked again: a busy server, or a connection that broke. */
export const isPassing = (stderr: string): boolean =>
  /: (?:408|429|500|502|503|504)\b|response status code (?:408|429|50[0234])|too many requests|connection reset|unexpected EOF|: EOF\b|broken pipe|(?:handshake|i\/o) timeout|server misbehaving|temporary failure in name resolution/i.test(
    stderr,
  )
