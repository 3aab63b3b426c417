/** Answers of a wanted form, written by one statement. */
export { NOUNS, type NounName } from './nouns.ts';
export { LISTS } from './lists.ts';
export * from './shape.ts';
export { readShaped, type ShapedStatement, shapedStatement } from './statement.ts';
