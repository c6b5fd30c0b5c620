import type {Scene} from '../../src/engine/scene.js';
import type {Event} from '../../src/engine/wizard.js';
import type {Asking, MakeAsking} from '../../src/front/asking.js';
import type {Leaving} from '../../src/run/leaving.js';

/** A person who takes every form as it is and says yes to every review, but for what `otherwise` says; `sees` gets every scene that is drawn. */
export const person =
	(
		otherwise: (scene: Scene) => Event | undefined = () => undefined,
		sees: (scene: Scene, leaving: Leaving) => void = () => undefined,
	): MakeAsking =>
	leaving => {
		const asking: Asking = {
			draw: scene => sees(scene, leaving),
			async ask(scene) {
				const said = otherwise(scene);
				if (said) return said;
				switch (scene.phase.at) {
					case 'form':
						return {type: 'submitted', answers: scene.answers};
					case 'review':
						return {type: 'approved'};
					default:
						return {type: 'quit'};
				}
			},
			home: async () => ({quit: true}),
			async end() {
				// nothing was drawn
			},
		};
		return asking;
	};
