import {crc32, deflateSync} from 'node:zlib';

/** A key on a plate, one letter a pixel. */
const drawing = [
	'................',
	'..pppppppppppp..',
	'.pppppppppppppp.',
	'.ppppppkkkkpppp.',
	'.pppppkkppkkppp.',
	'.pppppkppppkppp.',
	'.pppppkppppkppp.',
	'.pppppkkppkkppp.',
	'.ppppppkkkkpppp.',
	'.pppppppkkppppp.',
	'.pppppppkkppppp.',
	'.pppppppkkkkppp.',
	'.pppppppkkppppp.',
	'.pppppppkkkkppp.',
	'..pppppppppppp..',
	'................',
];
const colours = {'.': [0, 0, 0, 0], p: [31, 60, 92, 255], k: [255, 196, 61, 255]};

/** The icon of the program for Windows: an .ico of PNGs. https://learn.microsoft.com/windows/win32/uxguide/vis-icons */
export function icon() {
	const images = [16, 32, 48, 256].map(size => ({size, data: png(size)}));
	const head = Buffer.alloc(6 + 16 * images.length);
	head.writeUInt16LE(1, 2);
	head.writeUInt16LE(images.length, 4);
	let offset = head.length;
	for (const [at, {size, data}] of images.entries()) {
		const entry = 6 + 16 * at;
		head.writeUInt8(size % 256, entry);
		head.writeUInt8(size % 256, entry + 1);
		head.writeUInt16LE(1, entry + 4);
		head.writeUInt16LE(32, entry + 6);
		head.writeUInt32LE(data.length, entry + 8);
		head.writeUInt32LE(offset, entry + 12);
		offset += data.length;
	}
	return Buffer.concat([head, ...images.map(it => it.data)]);
}

/** https://www.w3.org/TR/png-3/ */
function png(size) {
	const rows = Array.from({length: size}, (_, y) =>
		Buffer.from([0, ...Array.from({length: size}, (_each, x) => pixel(x, y, size)).flat()]),
	);
	const header = Buffer.alloc(13);
	header.writeUInt32BE(size, 0);
	header.writeUInt32BE(size, 4);
	header.set([8, 6, 0, 0, 0], 8);
	const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
	return Buffer.concat([
		signature,
		chunk('IHDR', header),
		chunk('IDAT', deflateSync(Buffer.concat(rows))),
		chunk('IEND'),
	]);
}
const pixel = (x, y, size) => colours[drawing[Math.floor((y * 16) / size)][Math.floor((x * 16) / size)]];

function chunk(type, data = Buffer.alloc(0)) {
	const typed = Buffer.concat([Buffer.from(type), data]);
	const around = Buffer.alloc(8);
	around.writeUInt32BE(data.length, 0);
	around.writeUInt32BE(crc32(typed), 4);
	return Buffer.concat([around.subarray(0, 4), typed, around.subarray(4)]);
}
