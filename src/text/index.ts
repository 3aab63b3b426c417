export { caseFold, fold, isSame, trim } from './fold.ts';
