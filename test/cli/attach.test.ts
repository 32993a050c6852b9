/** `--attach`: images and documents beside the input. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HELLO } from '../support/cli-specs.ts'
import { json, startModelServer } from '../support/model-server.ts'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const PNG = Buffer.from('89504e470d0a1a0a0000', 'hex')

const answer = json({
  id: 'resp_1',
  status: 'completed',
  output: [
    {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'Seen.', annotations: [] }],
    },
  ],
})

test('images, documents and texts reach the model with the first input, by what they are', async () => {
  await using server = await startModelServer(answer)
  const spec = HELLO.replace(
    /main: .*\n/,
    `main: { provider: openai, model: m, base_url: "${server.url}" }\n`,
  )
  using folder = createWorkspace({ 'a.yaml': spec, 'notes.md': 'Buy milk' })
  writeFileSync(join(folder.path, 'photo.dat'), PNG)
  writeFileSync(join(folder.path, 'bill.bin'), '%PDF-1.7')
  const flags = ['--attach', 'photo.dat', '--attach', 'bill.bin', '--attach', 'notes.md', '--no-stream']
  const { code, stderr } = await runCommand(['run', 'a.yaml', 'Look', 'Again', ...flags], {
    cwd: folder.path,
  })
  expect({ code, stderr }).toMatchObject({ code: 0 })
  expect(server.requests[0]?.body['input']).toEqual([
    {
      type: 'message',
      role: 'user',
      content: [
        { type: 'input_text', text: 'Look' },
        { type: 'input_image', image_url: `data:image/png;base64,${PNG.toString('base64')}`, detail: 'auto' },
        { type: 'input_file', filename: 'bill.bin', file_data: 'data:application/pdf;base64,JVBERi0xLjc=' },
        { type: 'input_text', text: 'File notes.md:\n\nBuy milk' },
      ],
    },
  ])
  expect(server.requests[1]?.body['input']).toContainEqual({
    type: 'message',
    role: 'user',
    content: 'Again',
  })
})

test('what cannot be attached is refused before anything runs', async () => {
  using folder = createWorkspace({ 'hello.yaml': HELLO })
  writeFileSync(join(folder.path, 'a.bin'), Buffer.from([1, 0, 2]))
  writeFileSync(join(folder.path, 'big.txt'), Buffer.alloc(21 * 1024 * 1024, 'x'))
  const refused = async (file: string) => {
    const result = await runCommand(['run', 'hello.yaml', 'Hi', '--json', '--attach', file], {
      cwd: folder.path,
    })
    return [result.code, (result.json as { error: { code: string } }).error.code]
  }
  expect(await refused('gone.png')).toEqual([2, 'file_not_found'])
  expect(await refused('.')).toEqual([2, 'file_not_found'])
  expect(await refused('a.bin')).toEqual([2, 'file_not_usable'])
  expect(await refused('big.txt')).toEqual([2, 'file_too_large'])
  const runs = await runCommand(['runs', '--json'], { cwd: folder.path })
  expect(runs.json).toEqual({ runs: [] })
})
