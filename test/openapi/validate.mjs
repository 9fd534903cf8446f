// Judges the OpenAPI document by somebody else's reading of the specification:
//   node test/openapi/validate.mjs FILE
import { readFileSync } from 'node:fs'
import { Validator } from '@seriousme/openapi-schema-validator'

const [file] = process.argv.slice(2)
const validator = new Validator()
const { valid, errors } = await validator.validate(JSON.parse(readFileSync(file, 'utf8')))
if (!valid) {
  console.error(typeof errors === 'string' ? errors : JSON.stringify(errors, null, 2))
  process.exit(1)
}
console.log(`OpenAPI ${validator.version}: ${Object.keys(validator.specification.paths).length} paths`)
