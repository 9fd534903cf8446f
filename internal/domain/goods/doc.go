// Package goods owns products: what is for sale, at what price, how many there are, what was sold of them, and group-buys.
//
// What must stay true:
//   - Stock is seats. What is held, sold or waiting for its group has as many seats of its SKU's pool as its quantity; nothing is
//     sold that isn't there. What one person may buy is seats of a group of its own, so that a merge of persons never moves stock.
//   - Who was promised a price pays that one, whatever the product says by then.
//   - A price that is struck through was really asked: it is never above the lowest price of the seven days before the price that
//     stands beside it. Prices are kept for ever.
//   - A group-buy has a pool of exactly its size, and only paid orders take places in it. Nothing is given to anybody of a group
//     before every place is taken; a group that is short at the end of its time gives everybody's money back.
//   - Products of the playbook that staff has changed stay changed until the playbook says something new of them.
package goods
