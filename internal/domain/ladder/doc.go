// Package ladder says on which rung a product stands — free, low, mid, high, and sharing above them — and which product is somebody's
// next step. It keeps nothing: what people have and what is on sale is the others', and app brings it here.
//
// What must stay true:
//   - A product's rung follows from its full price and the community's two limits, whatever somebody paid for it.
//   - Nobody is suggested what they have, or anything of a rung that they stand on or above.
//   - The same people, products and limits give the same suggestion, in whatever order they come.
package ladder
