// SPDX-License-Identifier: BSD-2-Clause
// A driver in C++, wrong unless FIXED: it looks at what the device wrote while that is still mapped.
#include <anydma/lab/engine.h>
#include <anydma/lab/isa.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>

namespace
{

class Mapping
{
    public:
	Mapping(any_dma_dev *dev, void *p, size_t n, any_dma_dir dir) : dev(dev)
	{
		if (any_dma_map(dev, p, n, dir, &map))
			throw std::runtime_error("no mapping");
	}
	~Mapping()
	{
		any_dma_unmap(dev, &map);
	}
	Mapping(const Mapping &) = delete;
	Mapping &operator=(const Mapping &) = delete;
	uint64_t bus() const
	{
		return map.addr.raw;
	}

    private:
	any_dma_dev *dev;
	any_dma_mapping map;
};

class Engine
{
    public:
	explicit Engine(volatile void *at) : regs(static_cast<volatile uint8_t *>(at))
	{
	}
	void copy(uint64_t to, uint64_t from, uint32_t n)
	{
		reg(ANY_LAB_ENGINE_CTRL) = ANY_LAB_ENGINE_ENABLE;
		reg(channel + ANY_LAB_ENGINE_CH_MODE) = ANY_LAB_ENGINE_MODE_DIRECT;
		pair(channel + ANY_LAB_ENGINE_CH_SRC_LO, from);
		pair(channel + ANY_LAB_ENGINE_CH_DST_LO, to);
		reg(channel + ANY_LAB_ENGINE_CH_LEN) = n;
		any_lab_barrier(ANY_LAB_FULL_MB);
		reg(ANY_LAB_ENGINE_DOORBELL(0)) = 1;
		while (!(reg(channel + ANY_LAB_ENGINE_CH_STATUS) & ANY_LAB_ENGINE_CH_DONE))
			;
	}

    private:
	volatile uint32_t &reg(uint32_t at)
	{
		return *reinterpret_cast<volatile uint32_t *>(regs + at);
	}
	void pair(uint32_t at, uint64_t value)
	{
		reg(at) = static_cast<uint32_t>(value);
		reg(at + 4) = static_cast<uint32_t>(value >> 32);
	}
	static constexpr uint32_t channel = ANY_LAB_ENGINE_CH(0);
	volatile uint8_t *regs;
};

constexpr uint32_t size = 512;

int copy(any_lab *lab)
{
	any_lab_engine_config config = {};
	Engine engine(any_lab_engine_attach(lab, &config));
	auto *from = static_cast<uint8_t *>(any_lab_alloc(lab, size));
	auto *to = static_cast<uint8_t *>(any_lab_alloc(lab, size));

	std::generate(from, from + size, [lab] { return static_cast<uint8_t>(any_lab_random(lab)); });
	{
		Mapping source(any_lab_dma(lab), from, size, ANY_DMA_TO_DEVICE);
		Mapping target(any_lab_dma(lab), to, size, ANY_DMA_FROM_DEVICE);

		any_dma_drain(any_lab_dma(lab), ANY_DMA_TO_DEVICE);
		engine.copy(target.bus(), source.bus(), size);
		any_dma_drain(any_lab_dma(lab), ANY_DMA_FROM_DEVICE);
#ifndef FIXED
		ANY_LAB_CHECK(lab, std::equal(from, from + size, to)); // wrong
#endif
	}
	ANY_LAB_CHECK(lab, std::equal(from, from + size, to));
	return 0;
}

} // namespace

int main(int argc, char **argv)
{
	const any_lab_scenario scenarios[] = {{"copy", copy, 0}, {"again", copy, 0}};

	return anydma_lab_main(argc, argv, scenarios, 2);
}
