import { parse, type AnyNode, type ArrowFunctionExpression, type Program } from 'acorn'
import type { Place } from '../../core/problem.ts'
import { pathKey, showPath, type Path } from '../path.ts'

/** Where a value of the configuration is written in a program: its key, or else the nearest one above it, and then its path. */
export type CodePlaces = (path: Path) => Place

/** Found by reading the program, as far as it is written out: objects and lists, also those of constants and what functions return. */
export const codePlaces = (source: string, file: string): CodePlaces => {
  const start: Place = { file, line: 1, column: 1 }
  const found = new Map<string, Place>()
  const program = programOf(source)
  const constants = new Map(
    (program?.body ?? []).flatMap((one) => {
      const declared = one.type === 'ExportNamedDeclaration' ? one.declaration : one
      if (declared?.type !== 'VariableDeclaration') return []
      return declared.declarations.flatMap(({ id, init }) =>
        id.type === 'Identifier' && init ? [[id.name, init]] : [],
      )
    }) as readonly (readonly [string, AnyNode])[],
  )
  const note = (at: AnyNode, own: Path): void => {
    const { line = 1, column = 0 } = at.loc?.start ?? {}
    found.set(pathKey(own), { file, line, column: column + 1 })
  }
  const visit = (node: AnyNode | null | undefined, path: Path, depth: number): void => {
    if (!node || depth > mostDeep) return
    switch (node.type) {
      case 'ObjectExpression':
        for (const one of node.properties) {
          if (one.type === 'SpreadElement') visit(one.argument, path, depth + 1)
          else if (!one.computed && (one.key.type === 'Identifier' || one.key.type === 'Literal')) {
            const own = [...path, one.key.type === 'Identifier' ? one.key.name : String(one.key.value)]
            note(one.key, own)
            visit(one.value, own, depth + 1)
          }
        }
        return
      case 'ArrayExpression':
        // Behind what is spread nobody knows which one it is.
        for (const [index, one] of node.elements.entries()) {
          if (one?.type === 'SpreadElement') return
          if (one) note(one, [...path, index])
          visit(one, [...path, index], depth + 1)
        }
        return
      case 'Identifier':
        return visit(constants.get(node.name), path, depth + 1)
      case 'CallExpression':
        return visit(node.arguments[0], path, depth + 1)
      case 'AwaitExpression':
        return visit(node.argument, path, depth + 1)
      case 'ArrowFunctionExpression':
      case 'FunctionExpression':
      case 'FunctionDeclaration':
        return visit(returned(node.body), path, depth + 1)
      default:
    }
  }
  for (const one of program?.body ?? []) if (one.type === 'ExportDefaultDeclaration') visit(one.declaration, [], 0)
  return (path) => {
    for (let length = path.length; length > 0; length--) {
      const place = found.get(pathKey(path.slice(0, length)))
      if (place) return length === path.length ? place : { ...place, path: showPath(path) }
    }
    return path.length === 0 ? start : { ...start, path: showPath(path) }
  }
}

const mostDeep = 50

const programOf = (source: string): Program | undefined => {
  try {
    return parse(source, { ecmaVersion: 'latest', sourceType: 'module', locations: true })
  } catch {
    return undefined
  }
}

const returned = (body: ArrowFunctionExpression['body']): AnyNode | undefined => {
  if (body.type !== 'BlockStatement') return body
  const last = body.body.findLast((one) => one.type === 'ReturnStatement')
  return last?.argument ?? undefined
}

/** Where a program stops being one, and why; undefined where it is one. */
export const syntaxError = (
  source: string,
): { readonly line: number; readonly column: number; readonly message: string } | undefined => {
  try {
    parse(source, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true })
    return undefined
  } catch (error) {
    if (!(error instanceof SyntaxError) || !('loc' in error)) throw error
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- acorn says so
    const { line, column } = error.loc as { readonly line: number; readonly column: number }
    return { line, column: column + 1, message: error.message.replace(/ \(\d+:\d+\)$/, '') }
  }
}
