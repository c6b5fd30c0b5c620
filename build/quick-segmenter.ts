import {quickSegmenter} from './plain-text.js';

/** Stands in the bundle for Intl.Segmenter. */
export const QuickSegmenter = quickSegmenter(Reflect.get(Intl, 'Segmenter') as typeof Intl.Segmenter);
