import { z } from 'zod'

/** An image, as a file of kindup's says which parts it is made of. */
export const imageShape = z.object({
  // It goes to the engine as an argument, and is no option of it.
  ref: z.string().regex(/^[A-Za-z0-9]/),
  id: z.string(),
  files: z.array(z.object({ name: z.string().min(1), size: z.int().min(0), content: z.string() })),
})
