package blob

import (
	"bytes"
	"encoding/binary"
)

// orientation is how a JPEG's or WebP's EXIF says it was held, 1 (upright) when it says nothing that can be understood.
func orientation(raw []byte) int {
	if tiff := jpegEXIF(raw); tiff != nil {
		return tiffOrientation(tiff)
	}
	if tiff := webpEXIF(raw); tiff != nil {
		return tiffOrientation(tiff)
	}
	return 1
}

var exifMark = []byte("Exif\x00\x00")

// jpegEXIF finds the EXIF segment before the picture's data begins.
func jpegEXIF(raw []byte) []byte {
	if len(raw) < 4 || raw[0] != 0xff || raw[1] != 0xd8 {
		return nil
	}
	for p := raw[2:]; len(p) >= 4 && p[0] == 0xff; {
		marker, size := p[1], int(binary.BigEndian.Uint16(p[2:]))
		switch {
		case marker == 0xff: // a filling byte
			p = p[1:]
			continue
		case marker == 0xda || size < 2 || len(p) < 2+size: // the data, or nonsense
			return nil
		}
		if body := p[4 : 2+size]; marker == 0xe1 && bytes.HasPrefix(body, exifMark) {
			return body[len(exifMark):]
		}
		p = p[2+size:]
	}
	return nil
}

func webpEXIF(raw []byte) []byte {
	if len(raw) < 12 || string(raw[:4]) != "RIFF" || string(raw[8:12]) != "WEBP" {
		return nil
	}
	for p := raw[12:]; len(p) >= 8; {
		size := int(binary.LittleEndian.Uint32(p[4:]))
		if size < 0 || size > len(p)-8 {
			return nil
		}
		if string(p[:4]) == "EXIF" {
			return bytes.TrimPrefix(p[8:8+size], exifMark)
		}
		p = p[8+size:]
		if size%2 == 1 && len(p) > 0 {
			p = p[1:] // chunks begin at even places
		}
	}
	return nil
}

const (
	tagOrientation = 0x0112
	typeShort      = 3
)

// tiffOrientation reads the tag from the first directory.
func tiffOrientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			return 1
		}
		if order.Uint16(entries) == tagOrientation && order.Uint16(entries[2:]) == typeShort {
			if o := int(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}
